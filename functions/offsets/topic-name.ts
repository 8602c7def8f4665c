/** The longest topic name Kafka accepts, in characters (org.apache.kafka.common.internals.Topic). */
const MAX_LENGTH = 249;

/**
 * Tells why Kafka would refuse a topic name, or `undefined` for a legal one.
 * The rule is org.apache.kafka.common.internals.Topic#validate.
 */
export const topicNameFault = (name: string): string | undefined => {
  if (name === '') {
    return 'is empty';
  }
  if (name.length > MAX_LENGTH) {
    return `is ${name.length} characters long, ${MAX_LENGTH} are allowed`;
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return 'has characters other than ASCII letters, digits, ".", "_" and "-"';
  }
  if (name === '.' || name === '..') {
    return 'is a reserved name';
  }
  return undefined;
};
