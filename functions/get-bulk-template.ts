import { TEMPLATE_CSV } from '../shared/api/read-sheet.ts';
import { route } from '../shared/api/route.ts';
import { lambda } from '../shared/aws/lambda.ts';
import { routes } from '../shared/routes.ts';

/** A CSV to begin with: every column, a row that fills them all and one with only what is needed. */
export const getBulkTemplate = route({
  ...routes.getBulkTemplate,
  async run() {
    return {
      status: 200,
      contentType: 'text/csv; charset=utf-8',
      body: TEMPLATE_CSV,
      headers: { 'content-disposition': 'attachment; filename="airtime-template.csv"' },
    };
  },
});

export const handler = lambda(getBulkTemplate);
