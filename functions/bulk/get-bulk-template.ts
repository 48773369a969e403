import { lambda } from '../../shared/aws/lambda.ts';
import { TEMPLATE_CSV } from '../../shared/http/csv/read-sheet.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** A CSV template: all columns, with one full row and one row of only the required fields. */
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
