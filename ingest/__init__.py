# SPDX-License-Identifier: EUPL-1.2
"""Floor 2: how messages come in, and the one gate they pass."""
