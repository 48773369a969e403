/** One of several problems, for example of the rows of a file. */
export interface RowError {
  readonly row: number;
  readonly column: string;
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
}

/** One of several problems of an input: the field, and what to do about it. */
export interface FieldProblem {
  readonly param: string;
  readonly detail: string;
  readonly fix: string;
}
