// SPDX-License-Identifier: Apache-2.0
#include "audit/chain_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "skyden/base/utf8.h"

namespace skyden::audit {
namespace {

// Bytes that are not UTF-8 would be shown as something else, so the hash would not tell them apart.
bool IsText(const store::AuditEntry& entry) {
  for (const std::string* text :
       {&entry.control_plane.str(), &entry.actor_id, &entry.actor_name, &entry.origin.peer,
        &entry.origin.request_id, &entry.origin.trace_id, &entry.note.action,
        &entry.note.object_type, &entry.note.object_name, &entry.note.detail}) {
    if (!base::IsValidUtf8(*text)) return false;
  }
  return true;
}

}  // namespace

bool KnownControlPlanes::Fits(const store::AuditEntry& entry) {
  const std::string& id = entry.control_plane.str();
  const auto [key, key_is_new] = key_of.try_emplace(id, entry.tenant);
  const auto [known_id, id_is_new] = id_of.try_emplace(entry.tenant, id);
  return key->second == entry.tenant && known_id->second == id &&
         id.empty() == (entry.tenant == model::TenantKey{});
}

std::string CheckChains(const std::vector<store::AuditChainRef>& chains,
                        const std::vector<store::AuditMark>& own_marks) {
  const auto is_of_control_plane = [](const store::AuditChainRef& each) {
    return each.chain != model::TenantKey{};
  };
  const auto there =
      static_cast<uint64_t>(std::count_if(chains.begin(), chains.end(), is_of_control_plane));
  uint64_t counted = 0;
  for (const store::AuditMark& mark : own_marks) {
    if (mark.name != store::kAuditChains) continue;
    if (!mark.genuine) {
      return "the count of control planes' chains was not written by this daemon, or its key is "
             "gone";
    }
    counted = mark.sequence;
  }
  if (counted == there) return "";
  return fmt::format("there are chains of {} control planes, and there were {}", there, counted);
}

ChainCheck::ChainCheck(model::TenantKey chain, const std::vector<store::AuditMark>& marks,
                       KnownControlPlanes& known)
    : chain_(chain), known_(known) {
  for (const store::AuditMark& mark : marks) CheckMark(mark);
}

void ChainCheck::CheckMark(const store::AuditMark& mark) {
  if (mark.name != store::kAuditBegin && mark.name != store::kAuditEnd) return;
  if (!mark.genuine) {
    Fail(mark.sequence, fmt::format("the mark of the chain's {} was not written by this daemon, or "
                                    "its key is gone",
                                    mark.name));
    return;
  }
  if (mark.name == store::kAuditEnd) {
    end_ = mark;
  } else {
    previous_ = mark.hash;
    next_ = mark.sequence + 1;
  }
}

bool ChainCheck::Fail(uint64_t sequence, std::string problem) {
  if (!found_.problem.empty()) return false;
  found_.problem = std::move(problem);
  found_.at_sequence = sequence;
  return false;
}

bool ChainCheck::Add(const store::AuditEntry& entry) {
  if (!found_.intact()) return false;
  const uint64_t sequence = entry.sequence;
  if (sequence != next_) {
    return Fail(next_, sequence == next_ + 1
                           ? fmt::format("entry {} is missing", next_)
                           : fmt::format("entries {} to {} are missing", next_, sequence - 1));
  }
  if (!IsText(entry) || entry.hash != store::AuditHash(previous_, store::AuditDocument(entry))) {
    return Fail(sequence,
                fmt::format("entry {} is not what was written, or not where it was", sequence));
  }
  // The organization's own chain may begin with entries of control planes.
  const bool is_elsewhere = chain_ != model::TenantKey{} && entry.tenant != chain_;
  if (is_elsewhere || !known_.Fits(entry)) {
    return Fail(sequence, fmt::format("entry {} was moved to another control plane", sequence));
  }
  if (entry.note.action == store::kActionBroken) {
    return Fail(sequence,
                fmt::format("at entry {} the daemon found that the audit had been changed "
                            "while it was not running",
                            sequence));
  }
  if (found_.entries++ == 0) found_.first = entry.place;
  found_.last = entry.place;
  previous_ = entry.hash;
  ++next_;
  if (!end_.has_value() || sequence != end_->sequence) return true;
  reached_end_ = true;
  if (entry.hash != end_->hash) {
    return Fail(sequence, fmt::format("entry {} is not the last one that was written", sequence));
  }
  return false;
}

Verification ChainCheck::Finish() {
  if (found_.intact() && !reached_end_) {
    if (end_.has_value() && end_->sequence >= next_) {
      Fail(next_, fmt::format("entries {} to {} are missing at the end", next_, end_->sequence));
    } else if (!end_.has_value() && found_.entries > 0) {
      Fail(next_ - 1, "the mark of the chain's end is missing");
    } else if (end_.has_value()) {
      Fail(end_->sequence, "the mark of the chain's end is older than its beginning");
    }
  }
  return std::move(found_);
}

}  // namespace skyden::audit
