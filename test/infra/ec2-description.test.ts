import { describe, expect, test } from '@jest/globals';
import { ec2Description } from '../../infra/ec2-description.ts';
import { OffsetSync } from '../../infra/offset-sync.ts';
import { EXAMPLE, EXAMPLE_NAMES, example, propertiesOf, synthesize, withAuthentication } from './synthesis.ts';

test.each(["Lambda's pollers", 'a "quoted" word', 'é', '', 'x'.repeat(256)])('EC2 refuses %p', (text) => {
  expect(() => ec2Description(text)).toThrow('EC2 refuses the description');
});

test('EC2 takes the rest', () => {
  expect(ec2Description('Kafka (9096), ._-:/#@[]+=&;{}!$*')).toBe('Kafka (9096), ._-:/#@[]+=&;{}!$*');
});

/** Every description that a template gives to EC2, of groups and of rules in them. */
const descriptionsOf = (props: typeof EXAMPLE): readonly unknown[] => {
  const template = synthesize((scope) => new OffsetSync(scope, 'OffsetSync', props));
  const all = ['', 'Ingress', 'Egress'].flatMap((kind) => propertiesOf(template, `AWS::EC2::SecurityGroup${kind}`));
  return JSON.stringify(all).match(/(?<="(Group)?Description":")[^"]*/g) ?? [];
};

describe('every description of every configuration passes', () => {
  const everything = {
    network: {
      admitEventSource: true,
      endpoints: { services: ['lambda', 'sts', 'secretsmanager'], vpcCidr: '10.0.0.0/16' },
    },
  } as const;
  test.each([
    ...EXAMPLE_NAMES.map((name) => [name, example(name)] as const),
    ['the longest name and every option', { ...EXAMPLE, ...everything, name: '_'.repeat(128) }],
    ['no authentication and every option', { ...withAuthentication({ type: 'none' }, 9092), ...everything }],
  ])('%s', (_, props) => {
    const descriptions = descriptionsOf(props);
    expect(descriptions.length).toBeGreaterThan(3);
    for (const description of descriptions) {
      expect(description).toMatch(/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
    }
  });
});
