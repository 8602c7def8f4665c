import { ConfigurationError, CredentialsError, causesOf, messageOf } from '../../functions/errors.ts';

/** What AWS says where the person has to change something, and not to try again. */
const REFUSED = /AccessDenied|Unrecognized|InvalidSignature|ExpiredToken|CredentialsProviderError/;

/**
 * Switches an event source mapping off, with the credentials that the AWS tools use on this machine
 * (`lambda:UpdateEventSourceMapping`). Its pollers leave their consumer group within a minute or so.
 *
 * @param uuid The mapping's: the stack's output `CutoverSwitch` has it.
 * @returns what was done
 * @throws ConfigurationError where there is no such mapping, CredentialsError where it is not allowed
 */
export const disableMapping = async (uuid: string): Promise<string> => {
  // Loaded by those who need it alone.
  const { LambdaClient, UpdateEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient();
  try {
    await client.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false }));
    return `the event source mapping ${uuid} is switched off; "aws lambda update-event-source-mapping --uuid ${uuid} --enabled" switches it on again`;
  } catch (error) {
    const names = causesOf(error).map(({ name }) => name);
    if (names.includes('ResourceNotFoundException')) {
      throw new ConfigurationError(
        `--disable-mapping ${uuid}: there is no such event source mapping in this account and region; see the stack's ` +
          'output CutoverSwitch, and AWS_REGION',
      );
    }
    const hint = names.some((name) => REFUSED.test(name))
      ? 'give this machine credentials that may call lambda:UpdateEventSourceMapping'
      : 'see whether this machine reaches AWS Lambda, and whether AWS_REGION is right';
    throw new CredentialsError(`--disable-mapping ${uuid}: ${messageOf(error)}; ${hint}, or switch it off by hand`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
};
