#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Extractors that die at each step of a page, in 200 runs: 744 for long.
ETL_EXTRACT_RUNS=${ETL_EXTRACT_RUNS:-50} exec bash "$(dirname "$0")/../integration/744_extractor_dies.sh"
