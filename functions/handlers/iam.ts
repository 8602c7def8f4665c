import { iam } from '../authentication/iam.ts';
import { ConfigurationError } from '../errors.ts';
import { createHandler } from '../sync/handler.ts';

export const handler = createHandler('iam', () => {
  // Lambda sets it: the function's region, which is its cluster's.
  const region = process.env.AWS_REGION;
  if (!region) {
    throw new ConfigurationError('The environment variable AWS_REGION is missing; set it to the region of the cluster');
  }
  return iam(region);
});
