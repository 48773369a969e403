import { textsOf } from './language.ts';

export const figureTexts = textsOf({
  en: {
    title: 'Figures',
    more: 'What is counted',
    period: 'Period',
    periods: { 7: '7 days', 30: '30 days', 90: '90 days' },
    currency: 'Currency',
    show: 'Show',
    measures: { volume: 'Volume', orders: 'Orders', rate: 'Success rate' },
    volume: 'Delivered volume',
    orders: 'Orders',
    rate: 'Success rate',
    rateHint: 'Delivered, of those decided',
    asOf: 'Counted up to',
    noneTitle: 'No orders in these days',
    noneText: 'Orders are counted some minutes after they are placed: on a quiet day, once an hour.',
    delivered: 'Delivered',
    notDelivered: 'Not delivered',
    undecided: 'Undecided',
    byDay: { volume: 'Delivered volume by day', orders: 'Orders by day', rate: 'Success rate by day' },
    summary: (days: number, most: string, day: string) =>
      `Bars for ${days} days. The highest is ${most}, on ${day}. All numbers are in the table below.`,
    noBars: (days: number) => `Bars for ${days} days, all of them empty.`,
    numbers: 'All numbers by day',
    day: 'Day (UTC)',
    byNetwork: 'By network',
    network: 'Network',
    share: 'Part of orders',
    percent: (thousandths: number) => `${(thousandths / 10).toLocaleString('en-US', { minimumFractionDigits: 1 })} %`,
    count: (count: number) => count.toLocaleString('en-US'),
  },
});
