// SPDX-License-Identifier: Apache-2.0
// How a question about the past is put: revisions, what it is about, and where a page goes on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rest/call.h"
#include "rest/object_reader.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/history.h"
#include "skyden/rest/deps.h"
#include "skyden/store/history.h"

namespace skyden::rest {

// "17", or "<epoch>.17" as events and answers to writes tell it. nullopt when it is neither, or is
// of another life of the database: `refusal` says why then.
std::optional<model::Revision> ReadRevision(std::string_view epoch, std::string_view text,
                                            std::string& refusal);

// `at-revision` of a read: nullopt when it is not asked for. `refusal` is set when it is no
// revision.
std::optional<model::Revision> AtRevision(const Deps& deps, const Call& call,
                                          std::optional<http::Response>& refusal);

struct PastQuery {
  resources::PastFilter filter;
  size_t size = 100;
  std::optional<store::HistoryPlace> beyond;
  std::optional<model::Revision> from, to;  // of a diff, where they are asked for
};
// `type`, `mesh`, `name`; with pages, `page[size]` and `page[after]`; else `from` and `to`.
enum class PastPages { kYes, kNo };
Decoded<PastQuery> DecodePast(const Deps& deps, const Call& call, PastPages pages);

std::string CursorOf(const store::HistoryPlace& place);

}  // namespace skyden::rest
