import { readFileSync } from 'node:fs';
import { ACL_OPERATIONS, type AclOperation, type Grant } from '../../local/world/kafka/acls.ts';

/** What stands for the real names in the documentation. */
export interface RealNames {
  /** The deployment's. */
  readonly name: string;
  readonly connectOffsets: string;
  readonly mm2OffsetsTopic: string;
  /** One of those that Replicator copies; only verify reads it. */
  readonly copiedTopic?: string;
}

/** A row of the table in docs/permissions.md. */
export interface DocumentedPermission {
  /** As it stands there: `topic \`connect-offsets\`: \`Read\``. */
  readonly title: string;
  readonly neededBy: 'function' | 'event source' | 'verify';
  readonly operation: AclOperation;
  /** What stands in the last column. */
  readonly without: string;
  grantFor(names: RealNames): Grant;
}

const PAGE = new URL('../../docs/permissions.md', import.meta.url);
const ROW =
  /^\| (cluster|group|topic|transactional id) `([^`]+)`(, prefixed)? \| `(\w+)` \| (function|event source|verify)\b.*\| (.+) \|$/;

const isOperation = (name: string): name is AclOperation => name in ACL_OPERATIONS;

const parseRow = (row: string): DocumentedPermission => {
  const [, resource, pattern = '', prefixed, operation = '', neededBy, without = ''] = ROW.exec(row) ?? [];
  if (!isOperation(operation)) {
    throw new Error(`docs/permissions.md has a row that cannot be granted: ${row}`);
  }
  return {
    title: `${resource} \`${pattern}\`: \`${operation}\``,
    neededBy: neededBy as DocumentedPermission['neededBy'],
    operation,
    without,
    grantFor: ({ name, connectOffsets, mm2OffsetsTopic, copiedTopic = '' }) => ({
      resource: resource as Grant['resource'],
      name: pattern
        .replace('<name>', name)
        .replace('connect-offsets', connectOffsets)
        .replace('<MM2 offsets topic>', mm2OffsetsTopic)
        .replace('<copied topic>', copiedTopic),
      isPrefix: prefixed !== undefined,
      operations: [operation],
    }),
  };
};

/** Reads the tables of docs/permissions.md. @throws Error when one has a row of another form */
export const documentedPermissions = (): readonly DocumentedPermission[] => {
  const lines = readFileSync(PAGE, 'utf8').split('\n');
  return lines.filter((line) => /^\| (?!resource \||action \||`kafka-cluster:|---)/.test(line)).map(parseRow);
};
