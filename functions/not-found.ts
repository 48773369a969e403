import { lambdaNotFound } from '../shared/aws/lambda.ts';

/** Answers every unknown path, in the form of all our refusals. */
export const handler = lambdaNotFound();
