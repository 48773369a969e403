/**
 * Memory of functions, in MB. It is also their speed and their price: CPU is in proportion, 1769 is one processor, and
 * a second costs as much more. Work that computes costs the same with any memory and is done sooner with more; a wait
 * costs half with half. Loading a function is not slower with less: Lambda gives every start about two processors.
 */

/** Of a function that names none. */
export const MEMORY_MB = 512;

/**
 * Of a function that mostly waits for a provider. Of its processor it needs 11 ms for an order and 64 ms for the first
 * one of a process, and 84 MB: with 256 MB that is 40 ms and 220 ms more than with 512, in a wait of a second.
 */
export const WAITING_MEMORY_MB = 256;
