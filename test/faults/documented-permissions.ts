import { readFileSync } from 'node:fs';
import { ACL_OPERATIONS, type AclOperation, type Grant } from '../../local/world/kafka/acls.ts';

/** What stands for the real names in the documentation. */
export interface RealNames {
  /** The deployment's. */
  readonly name: string;
  readonly connectOffsets: string;
  readonly mm2OffsetsTopic: string;
}

/** A row of the table in docs/permissions.md. */
export interface DocumentedPermission {
  /** As it stands there: `topic \`connect-offsets\`: \`Read\``. */
  readonly title: string;
  readonly neededBy: 'function' | 'event source';
  readonly operation: AclOperation;
  grantFor(names: RealNames): Grant;
}

const PAGE = new URL('../../docs/permissions.md', import.meta.url);
const ROW = /^\| (cluster|group|topic|transactional id) `([^`]+)`(, prefixed)? \| `(\w+)` \| (function|event source)\b/;

const isOperation = (name: string): name is AclOperation => name in ACL_OPERATIONS;

const parseRow = (row: string): DocumentedPermission => {
  const [, resource, pattern = '', prefixed, operation = '', neededBy] = ROW.exec(row) ?? [];
  if (!isOperation(operation)) {
    throw new Error(`docs/permissions.md has a row that cannot be granted: ${row}`);
  }
  return {
    title: `${resource} \`${pattern}\`: \`${operation}\``,
    neededBy: neededBy as DocumentedPermission['neededBy'],
    operation,
    grantFor: ({ name, connectOffsets, mm2OffsetsTopic }) => ({
      resource: resource as Grant['resource'],
      name: pattern
        .replace('<name>', name)
        .replace('connect-offsets', connectOffsets)
        .replace('<MM2 offsets topic>', mm2OffsetsTopic),
      isPrefix: prefixed !== undefined,
      operations: [operation],
    }),
  };
};

/** Reads the table of docs/permissions.md. @throws Error when it has a row of another form */
export const documentedPermissions = (): readonly DocumentedPermission[] => {
  const [, , ...rows] = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return rows.map(parseRow);
};
