// SPDX-License-Identifier: Apache-2.0
#include "store/session.h"

#include <algorithm>

#include "skyden/base/check.h"
#include "skyden/base/utf8.h"
#include "skyden/telemetry/log.h"
#include "store/errors.h"

namespace skyden::store {
bool MayBeKept(std::string_view text) {
  return text.find('\0') == std::string_view::npos && base::IsValidUtf8(text);
}

absl::Status Session::Run(const Binding& binding, StatementId id,
                          std::initializer_list<Param> params, OnRow on_row) {
  const auto may_be_kept = [](const Param& param) {
    return param.kind() != Param::Kind::kText || MayBeKept(param.bytes());
  };
  if (!std::all_of(params.begin(), params.end(), may_be_kept)) {
    const bool writes = !Catalogue()[static_cast<size_t>(id)].writes.empty();
    if (!writes) return absl::OkStatus();
    NoteFailure(TextNotKept());
    return TextNotKept();
  }
  return Execute(binding, id, params, on_row);
}

absl::Status Session::Run(const Binding& binding, StatementId id,
                          std::initializer_list<Param> params) {
  return Run(binding, id, params, [](const Row&) { return absl::OkStatus(); });
}

bool MayRun(const Statement& statement, const Binding& binding) {
  switch (statement.owner) {
    case Owner::kTenant:
      return binding.tenant != 0 && binding.organization != 0;
    case Owner::kOrganization:
      return binding.organization != 0;
    case Owner::kSystem:
      return binding.system;
  }
  return false;
}

void CheckRowOwner(const Statement& statement, const Binding& binding, const Row& row) {
  int64_t expected = 0;
  if (statement.owner == Owner::kTenant) expected = binding.tenant;
  if (statement.owner == Owner::kOrganization) expected = binding.organization;
  if (expected == 0 || row.Int(0) == expected) return;
  telemetry::Log(telemetry::Level::error, "a statement returned a row of another owner",
                 {{"statement", std::string(statement.name)}});
  SKYDEN_CHECK(false && "row owner");
}

}  // namespace skyden::store
