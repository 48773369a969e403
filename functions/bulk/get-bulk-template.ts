import { lambda } from '../../shared/aws/lambda.ts';
import { TEMPLATE_CSV } from '../../shared/http/csv/read-sheet.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';

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
