import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { partTexts as texts } from '../texts/parts.ts';
import { later } from './later.tsx';
import { useUrlSearch } from './use-search.ts';

/** The list is read and shown before its filter is there, which is as large as all of a page. */
const PropertyFilter = later<PropertyFilterProps>(
  async () => (await import('@cloudscape-design/components/property-filter')).default,
  <div className="filter-to-come" />,
);

export interface FilterProperty {
  /** Its name in the URL, which mostly is that in the API. */
  readonly key: string;
  readonly label: string;
  readonly plural: string;
  /** Values to choose from; without them anything may be typed. */
  readonly options?: readonly { readonly value: string; readonly label?: string }[];
}

interface FilterProps {
  readonly properties: readonly FilterProperty[];
  readonly placeholder: string;
  /** Which property a text without one means. */
  readonly freeText?: (text: string) => string;
  /** Called when somebody is about to choose: values that are read for that alone are read then. */
  readonly onOpen?: () => void;
}

/** A filter whose content is the URL's: one value for a property, and all have to match. */
export function Filter({ properties, placeholder, freeText, onOpen }: FilterProps) {
  const [search, change] = useUrlSearch();
  const given = properties.filter(({ key }) => search[key]);
  const query: PropertyFilterProps.Query = {
    operation: 'and',
    tokens: given.map(({ key }) => ({ propertyKey: key, operator: '=', value: search[key] })),
  };
  return (
    <PropertyFilter
      query={query}
      hideOperations
      filteringPlaceholder={placeholder}
      filteringAriaLabel={placeholder}
      disableFreeTextFiltering={!freeText}
      filteringProperties={properties.map(({ key, label, plural, options = [] }) => ({
        key,
        propertyLabel: label,
        groupValuesLabel: plural,
        operators: [{ operator: '=', format: (value) => options.find((each) => each.value === value)?.label ?? value }],
      }))}
      filteringOptions={properties.flatMap(({ key, options = [] }) =>
        options.map(({ value, label }) => ({ propertyKey: key, value, label })),
      )}
      {...(onOpen && { onLoadItems: onOpen })}
      i18nStrings={{ clearFiltersText: texts.clearFilter }}
      onChange={({ detail }) => {
        const cleared = Object.fromEntries(properties.map(({ key }) => [key, undefined]));
        const set = detail.tokens.flatMap(({ propertyKey, value }) => {
          const text = String(value).trim();
          const key = propertyKey ?? freeText?.(text);
          return key ? [[key, text]] : [];
        });
        change({ ...cleared, ...Object.fromEntries(set) });
      }}
    />
  );
}

/** A day begins where its reader is, as the times in the table do: the API takes one without a time as of UTC. */
function instantOf(value: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00`) : undefined;
  return day && !Number.isNaN(day.getTime()) ? day.toISOString() : value;
}

/** The part of the URL that a filter is about, and how to clear it. */
export function useFilter(properties: readonly FilterProperty[]) {
  const [search, change] = useUrlSearch();
  const values = Object.fromEntries(
    properties.flatMap(({ key }) => (search[key] ? [[key, instantOf(search[key])]] : [])),
  );
  const clear = () => change(Object.fromEntries(properties.map(({ key }) => [key, undefined])));
  return {
    values: values as Readonly<Record<string, string | undefined>>,
    isFiltered: Object.keys(values).length > 0,
    clear,
  };
}
