import { iam } from '../authentication/iam.ts';
import { createHandler } from '../handler.ts';

// Lambda sets the region of the function, which is its cluster's.
export const handler = createHandler('iam', () => iam(process.env.AWS_REGION ?? ''));
