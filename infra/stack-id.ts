import { createHash } from 'node:crypto';

const PREFIX = 'OffsetSync-';
/** What CloudFormation allows (AWS CloudFormation User Guide, "CloudFormation quotas"). */
const LONGEST = 128;
const HASH_LENGTH = 8;

/**
 * The id of the stack for a deployment: one of its own for every name. CloudFormation allows letters, digits and hyphens
 * only, so a name with others, or too long, gets a hash, or `a.b` and `a_b` would share a stack.
 */
export const stackIdOf = (name: string): string => {
  const room = LONGEST - PREFIX.length;
  if (/^[A-Za-z0-9-]+$/.test(name) && name.length <= room) {
    return `${PREFIX}${name}`;
  }
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${PREFIX}${name.replace(/[^A-Za-z0-9-]/g, '-').slice(0, room - HASH_LENGTH - 1)}-${hash}`;
};
