// SPDX-License-Identifier: Apache-2.0
// An entry of the audit in the Common Event Format, which collectors of security events read.
#pragma once

#include <string>

#include "skyden/store/audit.h"

namespace skyden::audit {

// One line without its end. What an entry says is escaped, so it is one whatever that is. It does
// not hold all of an entry: hashes are checked with lines of JSON.
std::string CefLine(const store::AuditEntry& entry);

}  // namespace skyden::audit
