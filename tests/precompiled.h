// SPDX-License-Identifier: Apache-2.0
// The same for tests.
#pragma once

#include <catch2/catch.hpp>

#include "src/precompiled.h"
