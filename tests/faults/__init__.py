# SPDX-License-Identifier: EUPL-1.2
"""Every source that comes over a network, through bad weather."""
