#!/bin/sh
exec torch-tidy "$@"
