// SPDX-License-Identifier: EUPL-1.2
// Below which address these pages are: empty for the real ones, an own address for a lesson.
export const root = document.documentElement.dataset.wortel ?? "";
