import type { Assessment } from './assessment.ts';
import type { Look, Marks } from './look.ts';
import type { TakeoverVerdict } from './takeover.ts';

/** What a person is asked where the clusters do not tell. */
export type Question = 'is-stopped' | 'is-closed';

/** What one run of the command has seen happen. */
export type CutoverEvent =
  | { readonly kind: 'looked'; readonly look: Look }
  /** The records were compared, after the last look and before the next. */
  | { readonly kind: 'verified'; readonly assessment: Assessment }
  | { readonly kind: 'confirmed'; readonly question: Question }
  /** Replicator's offsets were translated here, because the function did not do it. */
  | { readonly kind: 'translated' }
  /** MM2's start was announced. */
  | { readonly kind: 'announced' }
  /** What MM2 has copied was compared. */
  | { readonly kind: 'copies-compared'; readonly verdict: TakeoverVerdict }
  | { readonly kind: 'reported' };

/** Since when something has not changed, by the looks of this run. */
export interface Rest {
  readonly since: number;
  /** Whether it has changed in this run. */
  readonly hasMoved: boolean;
}

/** A comparison of records, and what stood where when it was made. */
export interface Proof {
  readonly assessment: Assessment;
  readonly marks: Marks;
  /** Whether a look after it has shown that nothing had moved meanwhile. */
  readonly isConfirmed: boolean;
}

/**
 * What one run knows. Nothing of it outlives the run: started again, the command asks the clusters anew, and a proof of
 * an earlier run counts for nothing.
 */
export interface Run {
  readonly look: Look | undefined;
  readonly replicator: Rest;
  /** Whether Replicator has flushed when MM2 had offsets of its own already: the two run side by side. */
  readonly hasFlushedBesideMm2: boolean;
  /**
   * Where MM2 is seen at work, by the names of `ownNext`: a key that is not the sync's was written after MM2's start had
   * been announced, or was written on in this run. A key that only stands there may be a person's, or a leftover.
   */
  readonly written: ReadonlySet<string>;
  readonly target: Rest;
  /** Of what the sync has still to do. */
  readonly sync: Rest;
  readonly checked: Assessment | undefined;
  readonly proof: Proof | undefined;
  readonly confirmed: ReadonlySet<Question>;
  readonly hasTranslated: boolean;
  /** What stood where when MM2's start was announced. */
  readonly announced: Marks | undefined;
  readonly takeover: TakeoverVerdict | undefined;
  readonly isReported: boolean;
}

const NEVER: Rest = { since: Number.POSITIVE_INFINITY, hasMoved: false };

/** A run that has seen nothing yet. */
export const START: Run = {
  look: undefined,
  replicator: NEVER,
  hasFlushedBesideMm2: false,
  written: new Set(),
  target: NEVER,
  sync: NEVER,
  checked: undefined,
  proof: undefined,
  confirmed: new Set(),
  hasTranslated: false,
  announced: undefined,
  takeover: undefined,
  isReported: false,
};

const rested = (rest: Rest, at: number, isFirst: boolean, isSame: boolean): Rest => {
  if (isFirst) {
    return { since: at, hasMoved: false };
  }
  return isSame ? rest : { since: at, hasMoved: true };
};

const isSame = (a: Marks, b: Marks): boolean =>
  a.replicator === b.replicator && a.target === b.target && a.mm2 === b.mm2 && a.source === b.source;

/** After the announcement MM2 may copy, and store its own offsets; nobody else may do anything. */
const isStillAnnounced = (announced: Marks, { marks }: Look, isSeen: boolean): boolean =>
  // Of a source that has gone past the boundary MM2 begins with the earliest record; once it copies, its copies tell.
  announced.replicator === marks.replicator &&
  (isSeen || (announced.mm2 === marks.mm2 && announced.source === marks.source));

/** The keys that are not the sync's and were written on in this run; where MM2 is expected, also a first time. */
const writtenOf = ({ look: last, written, announced }: Run, { ownNext }: Look): ReadonlySet<string> => {
  const isWritten = (name: string, next: bigint | undefined): boolean =>
    last !== undefined && (last.ownNext.has(name) ? last.ownNext.get(name) !== next : announced !== undefined);
  return new Set([...ownNext].flatMap(([name, next]) => (written.has(name) || isWritten(name, next) ? [name] : [])));
};

/** Whether MM2 is seen at work in this run. */
export const isMm2Seen = ({ written }: Pick<Run, 'written'>): boolean => written.size > 0;

const without = (confirmed: ReadonlySet<Question>, forgotten: Question, isForgotten: boolean) =>
  isForgotten ? new Set([...confirmed].filter((one) => one !== forgotten)) : confirmed;

const looked = (run: Run, look: Look): Run => {
  const last = run.look;
  const isFirst = last === undefined;
  const syncOf = ({ marks, behind, undelivered }: Look) => `${marks.mm2} ${behind.length} ${undelivered}`;
  const replicatorRests = isFirst || last.marks.replicator === look.marks.replicator;
  const { proof } = run;
  const isProofKept = proof !== undefined && isSame(proof.marks, look.marks);
  const written = writtenOf(run, look);
  const isSeen = isMm2Seen({ written });
  const announced =
    run.announced !== undefined && isStillAnnounced(run.announced, look, isSeen) ? run.announced : undefined;
  return {
    ...run,
    look,
    replicator: rested(run.replicator, look.at, isFirst, replicatorRests),
    hasFlushedBesideMm2:
      look.takenOver.length > 0 && (run.hasFlushedBesideMm2 || (!replicatorRests && (last?.takenOver.length ?? 0) > 0)),
    written,
    target: rested(run.target, look.at, isFirst, last?.marks.target === look.marks.target),
    sync: rested(run.sync, look.at, isFirst, !isFirst && syncOf(last) === syncOf(look)),
    proof: isProofKept ? { ...proof, isConfirmed: true } : undefined,
    confirmed: without(
      without(run.confirmed, 'is-stopped', !replicatorRests),
      'is-closed',
      look.eventGroup.kind === 'members',
    ),
    hasTranslated: run.hasTranslated && replicatorRests,
    announced,
    takeover: isSeen || announced !== undefined ? run.takeover : undefined,
    // What was reported was of a moment when everything had been reached.
    isReported: run.isReported && replicatorRests,
  };
};

/** Takes in what happened. */
export const advance = (run: Run, event: CutoverEvent): Run => {
  const { look } = run;
  switch (event.kind) {
    case 'looked':
      return looked(run, event.look);
    case 'verified':
      return {
        ...run,
        checked: run.checked ?? event.assessment,
        proof: look && { assessment: event.assessment, marks: look.marks, isConfirmed: false },
      };
    case 'confirmed':
      return { ...run, confirmed: new Set([...run.confirmed, event.question]) };
    case 'translated':
      return { ...run, hasTranslated: true };
    case 'announced':
      return { ...run, announced: look?.marks, takeover: undefined };
    case 'copies-compared':
      return { ...run, takeover: event.verdict };
    case 'reported':
      return { ...run, isReported: true };
  }
};
