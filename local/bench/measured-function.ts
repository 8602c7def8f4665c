import { CONFIGURATION_VARIABLE } from '../../functions/configuration/configuration.ts';
import { FUNCTION_ENVIRONMENT } from '../../infra/bundling.ts';
import { type FunctionInstance, startFunctionInstance } from '../world/lambda/function-instance.ts';
import type { BatchShape, Deployment } from './deployment.ts';

/** The bundle that is deployed, in a process that is frozen between invocations as on Lambda. */
export interface MeasuredFunction {
  /**
   * Runs it with the deployment's next records.
   *
   * @returns how many milliseconds it took, from the event's text to the acknowledgement
   * @throws Error when it did not write each key
   */
  invoke(shape: BatchShape): Promise<number>;
  /** Runs it with an event. @returns milliseconds, as `invoke` does */
  invokeWith(event: string, written: number): Promise<number>;
  stop(): Promise<void>;
}

/** How many records the last invocation wrote, by its own log. */
const writtenBy = ({ logs }: FunctionInstance): unknown =>
  JSON.parse(logs.findLast((line) => line.includes('"Batch done"')) ?? '{}').written;

/** Prepares the function; its process starts with the first invocation. */
export const prepareFunction = (bundle: string, deployment: Deployment): MeasuredFunction => {
  const instance = startFunctionInstance({
    bundle,
    environment: { ...FUNCTION_ENVIRONMENT, [CONFIGURATION_VARIABLE]: JSON.stringify(deployment.options) },
  });
  const invokeWith = async (event: string, written: number): Promise<number> => {
    await instance.invoke(event);
    if (writtenBy(instance) !== written) {
      throw new Error(
        `An invocation wrote ${writtenBy(instance)} records instead of ${written}: its time means nothing`,
      );
    }
    return instance.durationMs;
  };
  return {
    invoke: (shape) => invokeWith(deployment.nextEvent(shape), Math.min(shape.keys, shape.records)),
    invokeWith,
    stop: () => instance.stop(),
  };
};
