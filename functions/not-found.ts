import { lambdaNotFound } from '../shared/aws/lambda.ts';

/** Every path that is no endpoint, answered in the shape of all our refusals. */
export const handler = lambdaNotFound();
