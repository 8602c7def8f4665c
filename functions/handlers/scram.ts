import { scram } from '../authentication/scram.ts';
import { createHandler } from '../sync/handler.ts';

export const handler = createHandler('scram', ({ secretArn }) => scram(secretArn));
