import { mtls } from '../authentication/mtls.ts';
import { createHandler } from '../handler.ts';

export const handler = createHandler('mtls', ({ secretArn }) => mtls(secretArn));
