# SPDX-License-Identifier: EUPL-1.2
"""One file for each source of messages; ``ingest.registry`` lists this folder."""
