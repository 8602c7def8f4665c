import { expect, test } from '@jest/globals';
import { CfnParameter, Stack } from 'aws-cdk-lib';
import { clusterName, kafkaResourceArn } from '../../infra/cluster-arn.ts';
import { CLUSTER_ARN } from './synthesis.ts';

test("a cluster's name stands in its ARN", () => {
  expect(clusterName(CLUSTER_ARN)).toBe('orders');
});

test("what is on a cluster is named by the cluster's name and id", () => {
  expect(kafkaResourceArn(CLUSTER_ARN, 'topic', 'connect-offsets')).toBe(
    'arn:aws:kafka:eu-central-1:123456789012:topic/orders/01234567-89ab-cdef-0123-456789abcdef-1/connect-offsets',
  );
});

test('an ARN that only the deployment knows is taken apart there', () => {
  const stack = new Stack();
  const arn = new CfnParameter(stack, 'Arn').valueAsString;
  const halves = { 'Fn::Split': [':cluster/', { Ref: 'Arn' }] };
  const nameAndId = { 'Fn::Select': [1, halves] };
  expect(stack.resolve(clusterName(arn))).toEqual({ 'Fn::Select': [0, { 'Fn::Split': ['/', nameAndId] }] });
  expect(stack.resolve(kafkaResourceArn(arn, 'group', 'g'))).toEqual({
    'Fn::Join': ['', [{ 'Fn::Select': [0, halves] }, ':group/', nameAndId, '/g']],
  });
});
