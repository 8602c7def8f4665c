const LONGEST = 255;

/**
 * A description of a security group or one of its rules, as EC2 takes it: up to 255 letters, digits, spaces and some
 * punctuation, no apostrophe (EC2 API Reference, "CreateSecurityGroup"). CloudFormation's schemas and the CDK let
 * anything pass, and the deployment then fails.
 *
 * @throws TypeError when EC2 would refuse it
 */
export const ec2Description = (text: string): string => {
  if (text.length > LONGEST || !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]+$/.test(text)) {
    throw new TypeError(
      `EC2 refuses the description "${text}"; write 1 to ${LONGEST} characters, without quotes or apostrophes`,
    );
  }
  return text;
};
