/** What the runtime is asked to do. */
export interface Invocation {
  readonly requestId: string;
  /** The event's JSON. */
  readonly event: string;
  /** When the time is up, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** A failure as Lambda reports it. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What the runtime answers: once when the bundle is loaded, with the result `null`, and to each invocation. */
export type RuntimeAnswer =
  | {
      readonly kind: 'result';
      readonly json: string;
      /** How long it took, in milliseconds, as Lambda's own report tells it: from the event's text to the result. */
      readonly durationMs: number;
    }
  | { readonly kind: 'failure'; readonly failure: FunctionFailure };
