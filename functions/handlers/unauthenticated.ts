import { unauthenticated } from '../authentication/none.ts';
import { createHandler } from '../sync/handler.ts';

export const handler = createHandler('none', ({ tls }) => unauthenticated(tls));
