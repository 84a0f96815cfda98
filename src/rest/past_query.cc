// SPDX-License-Identifier: Apache-2.0
#include "rest/past_query.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "rest/kuma_answer.h"
#include "rest/page_query.h"
#include "rest/watcher.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

constexpr std::string_view kAtRevision = "at-revision";

std::optional<uint64_t> NumberOf(std::string_view text) {
  constexpr uint64_t kMax = INT64_MAX;
  uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  return whole && number <= kMax ? std::optional(number) : std::nullopt;
}

// "<revision>\n<type>\n<mesh>\n<name>", which none of them holds.
std::optional<store::HistoryPlace> PlaceOf(std::string_view cursor) {
  const auto text = base::Base64UrlDecode(cursor.substr(0, base::limits::kCursorBytes));
  if (!text.ok()) return std::nullopt;
  std::vector<std::string> parts(1);
  for (const char c : *text) {
    if (c == '\n') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  const auto revision = NumberOf(parts[0]);
  if (parts.size() != 4 || !revision) return std::nullopt;
  return store::HistoryPlace{*revision, parts[1], {parts[2], parts[3]}};
}

class PastReader {
 public:
  PastReader(const Deps& deps, PastPages pages, PastQuery& query)
      : deps_(deps), pages_(pages), query_(query) {}

  // Why a parameter is refused; empty when it is not.
  std::string Read(std::string_view key, const std::string& value) {
    const bool paged = pages_ == PastPages::kYes;
    if (key == "type") return ReadType(value);
    if (key == "mesh") {
      query_.filter.mesh = value;
    } else if (key == "name") {
      query_.filter.name = value;
    } else if (key == "page[size]" && paged) {
      const auto size = ReadNumber(value, 1, size_t{base::limits::kPageSizeMax});
      if (!size) return fmt::format("must be a number from 1 to {}", base::limits::kPageSizeMax);
      query_.size = *size;
    } else if (key == "page[after]" && paged) {
      query_.beyond = PlaceOf(value);
      if (!query_.beyond) return "is none that a page ended with";
    } else if ((key == "from" || key == "to") && !paged) {
      std::string refusal;
      auto& revision = key == "from" ? query_.from : query_.to;
      revision = ReadRevision(deps_.store.epoch(), value, refusal);
      return refusal;
    } else {
      return "is not known here";
    }
    return {};
  }

 private:
  std::string ReadType(const std::string& value) {
    query_.filter.type = deps_.registry.FindByName(value);
    return query_.filter.type == nullptr ? "is no type of resource" : "";
  }

  const Deps& deps_;
  const PastPages pages_;
  PastQuery& query_;
};

}  // namespace

std::optional<model::Revision> ReadRevision(std::string_view epoch, std::string_view text,
                                            std::string& refusal) {
  if (const auto number = NumberOf(text)) return *number;
  const auto place = ParseEventId(text);
  if (place && place->epoch == epoch) return place->revision;
  refusal = place ? "is a revision of another life of the database, which was restored since"
                  : "must be a revision: a number, or what the header of a write said";
  return std::nullopt;
}

std::optional<model::Revision> AtRevision(const Deps& deps, const Call& call,
                                          std::optional<http::Response>& refusal) {
  const auto text = call.query.Get(kAtRevision);
  if (!text) return std::nullopt;
  std::string why;
  const auto revision = ReadRevision(deps.store.epoch(), *text, why);
  if (!revision) {
    refusal = KumaInvalid("Could not read the past", "The question is not valid",
                          {{std::string(kAtRevision), std::move(why)}});
  }
  return revision;
}

Decoded<PastQuery> DecodePast(const Deps& deps, const Call& call, PastPages pages) {
  Decoded<PastQuery> decoded;
  PastQuery query;
  PastReader reader(deps, pages, query);
  for (const auto& [key, value] : call.query.pairs()) {
    std::string reason = reader.Read(key, value);
    if (reason.empty()) continue;
    decoded.invalid.push_back(
        {key.substr(0, base::limits::kEchoBytes), "invalid", std::move(reason), "query"});
  }
  return Settled(std::move(decoded), std::move(query));
}

std::string CursorOf(const store::HistoryPlace& place) {
  return base::Base64UrlEncode(
      fmt::format("{}\n{}\n{}\n{}", place.revision, place.type, place.key.mesh, place.key.name));
}

}  // namespace skyden::rest
