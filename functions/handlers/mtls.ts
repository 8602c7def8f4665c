import { mtls } from '../authentication/mtls.ts';
import { createHandler } from '../sync/handler.ts';

export const handler = createHandler('mtls', ({ secretArn }) => mtls(secretArn));
