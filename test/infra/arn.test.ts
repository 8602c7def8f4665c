import { expect, test } from '@jest/globals';
import { Token } from 'aws-cdk-lib';
import { environmentOf, inAnotherRegion, isElsewhere } from '../../infra/arn.ts';
import { CLUSTER_ARN, KEY_ARN } from './synthesis.ts';

const UNKNOWN = Token.asString({ Ref: 'Other' });

test('the account and region come from an ARN', () => {
  expect(environmentOf(CLUSTER_ARN)).toEqual({ account: '123456789012', region: 'eu-central-1' });
  expect(environmentOf(UNKNOWN)).toEqual({});
});

test.each([
  ['the same', KEY_ARN, false, false],
  ['another region', KEY_ARN.replace('eu-central-1', 'eu-west-1'), true, true],
  ['another account', KEY_ARN.replace('123456789012', '210987654321'), false, true],
  ['what only the deployment knows', UNKNOWN, false, false],
])('%s', (_, arn, region, elsewhere) => {
  expect(inAnotherRegion(arn, CLUSTER_ARN)).toBe(region);
  expect(isElsewhere(arn, CLUSTER_ARN)).toBe(elsewhere);
});
