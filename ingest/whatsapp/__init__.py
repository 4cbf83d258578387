# SPDX-License-Identifier: EUPL-1.2
"""How WhatsApp writes a chat into a file, and how it is read back."""
