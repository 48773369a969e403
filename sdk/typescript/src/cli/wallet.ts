import type { Command } from './command.ts';
import { table } from './command.ts';
import { EXIT } from './terminal.ts';

export const wallet: Command = {
  name: 'wallet',
  usage: '',
  summary: 'Shows the balance of each currency.',
  options: {},
  async run({ airtime, show, terminal }) {
    const wallets = await airtime().wallet.get({ signal: terminal.signal });
    show(wallets, table(wallets.wallets.map(({ currency, balance }) => [currency, balance])));
    return EXIT.done;
  },
};
