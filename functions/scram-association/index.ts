import { setTimeout as pause } from 'node:timers/promises';
import { KafkaClient } from '@aws-sdk/client-kafka';
import { createAssociationHandler } from './handler.ts';

/** The handler of the stack's association of its SCRAM secret, as Lambda invokes it. */
export const handler = createAssociationHandler({ kafka: new KafkaClient(), pause });
