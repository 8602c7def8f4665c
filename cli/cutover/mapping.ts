import type { LambdaClient } from '@aws-sdk/client-lambda';
import { ClusterError, ConfigurationError, CredentialsError, causesOf, messageOf } from '../../functions/errors.ts';

/** The event source mapping that a person names. */
export interface EventSourceMapping {
  readonly uuid: string;
  /**
   * What AWS says of it: `Enabled`, `Disabling`, `Disabled` … (`State` of `lambda:GetEventSourceMapping`).
   *
   * @throws ConfigurationError where there is no such mapping, or it is of another topic; CredentialsError where it may not
   *   be seen; ClusterError where AWS does not answer
   */
  state(): Promise<string>;
  /**
   * Switches it off (`lambda:UpdateEventSourceMapping`). Its pollers leave their consumer group within a minute or so.
   *
   * @returns what was done
   * @throws as `state` does
   */
  disable(): Promise<string>;
}

/** What AWS says where the person has to change something, and not to try again. */
const REFUSED = /AccessDenied|Unrecognized|InvalidSignature|ExpiredToken|CredentialsProviderError/;

const failure = (uuid: string, right: string, error: unknown): Error => {
  const names = causesOf(error).map(({ name }) => name);
  if (names.includes('ResourceNotFoundException')) {
    return new ConfigurationError(
      `--disable-mapping ${uuid}: there is no such event source mapping in this account and region; see the stack's ` +
        'output CutoverSwitch, and AWS_REGION',
    );
  }
  const said = `--disable-mapping ${uuid}: ${messageOf(error)}`;
  return names.some((name) => REFUSED.test(name))
    ? new CredentialsError(
        `${said}; give this machine credentials that may call ${right}, or leave the option out and switch it off by hand`,
        { cause: error },
      )
    : new ClusterError(
        `${said}; see whether this machine reaches AWS Lambda, and whether AWS_REGION is right, or leave the option out ` +
          'and switch it off by hand',
        { cause: error },
      );
};

/**
 * Looks at an event source mapping and switches it off.
 *
 * @param uuid The mapping's: the stack's output `CutoverSwitch` has it.
 * @param topic Replicator's offsets topic, which it has to be of.
 * @param client With the credentials that the AWS tools use on this machine.
 */
export const eventSourceMapping = (uuid: string, topic: string, client: LambdaClient): EventSourceMapping => ({
  uuid,
  state: async () => {
    // Loaded by those who need it alone.
    const { GetEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
    const { State, Topics = [topic] } = await client
      .send(new GetEventSourceMappingCommand({ UUID: uuid }))
      .catch((error) => {
        throw failure(uuid, 'lambda:GetEventSourceMapping', error);
      });
    if (!Topics.includes(topic)) {
      throw new ConfigurationError(
        `--disable-mapping ${uuid}: this event source mapping reads "${Topics.join(', ')}", and Replicator's offsets topic ` +
          `is "${topic}"; see the stack's output CutoverSwitch`,
      );
    }
    return State ?? 'unknown';
  },
  disable: async () => {
    const { UpdateEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
    await client.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false })).catch((error) => {
      throw failure(uuid, 'lambda:UpdateEventSourceMapping', error);
    });
    return `the event source mapping ${uuid} is switched off; "aws lambda update-event-source-mapping --uuid ${uuid} --enabled" switches it on again`;
  },
});
