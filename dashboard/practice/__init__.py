# SPDX-License-Identifier: EUPL-1.2
"""Practice: lessons beside the real work, on pages of their own."""
