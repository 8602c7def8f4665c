/** Somebody who may log in with SCRAM-SHA-512. */
export interface ScramUser {
  /** Letters, digits, `.`, `_`, `~` and `-`: Kafka's command-line tools take other characters apart. */
  readonly username: string;
  /** The same characters. */
  readonly password: string;
}

/**
 * The arguments with which `kafka-storage.sh format` creates these users.
 *
 * @throws Error when a name or a password holds a character that the tool would take apart
 */
export const addScramArguments = (users: readonly ScramUser[]): readonly string[] => {
  return users.flatMap((user) => {
    check(user);
    return ['--add-scram', `SCRAM-SHA-512=[name=${user.username},password=${user.password}]`];
  });
};

/**
 * The arguments with which `kafka-configs.sh` gives a user a password, a new user as well.
 *
 * @throws Error when the name or the password holds a character that the tool would take apart
 */
export const setPasswordArguments = (bootstrapServers: string, user: ScramUser): readonly string[] => {
  check(user);
  return [
    ...['--bootstrap-server', bootstrapServers, '--alter'],
    ...['--entity-type', 'users', '--entity-name', user.username],
    ...['--add-config', `SCRAM-SHA-512=[password=${user.password}]`],
  ];
};

const check = ({ username, password }: ScramUser): void => {
  const allowed = /^[a-zA-Z0-9._~-]+$/;
  const rule = "use letters, digits, '.', '_', '~' and '-'";
  if (!allowed.test(username)) {
    throw new Error(`'${username}' cannot be the name of a SCRAM user here: ${rule}`);
  }
  if (!allowed.test(password)) {
    throw new Error(`the password of SCRAM user '${username}' has a character that is not allowed here: ${rule}`);
  }
};
