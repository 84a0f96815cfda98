// SPDX-License-Identifier: Apache-2.0
// The stream is cut at its markers first: "---" at the beginning of a line ends a document even
// within a block or quotes, so this needs no parser, and a mistake stays within its document.
// Then yaml-cpp's parser reports events, and each is printed as JSON at once. No tree is built, and
// an alias copies the text that its anchor printed, so everything is bounded by the text printed.
#include "resources/transfer/yaml_documents.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "resources/proto/go_text.h"
#include "resources/proto/go_yaml_scalar.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/utf8.h"

namespace skyden::resources {
namespace {

namespace limits = base::limits;

constexpr size_t kAnchorsMax = 1000;
constexpr std::string_view kStringTag = "tag:yaml.org,2002:str";
constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

struct Piece {
  size_t line = 1;
  std::string_view text;
};

bool IsMarker(std::string_view line) {
  return line.starts_with("---") &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

std::vector<Piece> CutAtMarkers(std::string_view text) {
  std::vector<Piece> pieces;
  Piece piece{1, text};
  size_t begin = 0;
  size_t line_number = 1;
  for (size_t at = 0; at < text.size(); ++line_number) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (at > begin && IsMarker(text.substr(at, end - at))) {
      piece.text = text.substr(begin, at - begin);
      pieces.push_back(piece);
      piece.line = line_number;
      begin = at;
    }
    at = end + 1;
  }
  piece.text = text.substr(begin);
  pieces.push_back(piece);
  return pieces;
}

// Prints the events of one document. After the first failure nothing is printed any more.
class JsonPrinter final : public YAML::EventHandler {
 public:
  const std::string& failure() const { return failure_; }
  int failed_line() const { return failed_line_; }
  std::string Take() { return std::move(out_); }

  int began_at() const { return began_at_; }  // position in the text

  void OnDocumentStart(const YAML::Mark& mark) override { began_at_ = mark.pos; }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (AtKey()) return TakeKey(mark, "");
    if (!Begin(mark)) return;
    const size_t from = out_.size();
    out_ += "null";
    Remember(anchor, from);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (AtKey()) return Fail(mark, "an alias cannot be a key");
    if (!Begin(mark)) return;
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) return Fail(mark, "an alias within what it stands for");
    if (out_.size() + found->second.size() > limits::kImportDocumentBytes) {
      return Fail(mark, "aliases make the document too large");
    }
    out_ += found->second;
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (AtKey()) return TakeKey(mark, value);
    if (!Begin(mark)) return;
    const bool quoted = tag == "!" || tag == kStringTag;
    if (!quoted && !IsPlainTag(mark, tag)) return;
    const size_t from = out_.size();
    if (quoted) {
      out_ += GoJsonString(value);
    } else if (const auto json = PlainScalarToJson(value)) {
      out_ += *json;
    } else {
      return Fail(mark, fmt::format("{} has no place in JSON", GoQuote(value.substr(0, 100))));
    }
    Remember(anchor, from);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, '[');
  }
  void OnSequenceEnd() override { Close(']'); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, '{');
  }
  void OnMapEnd() override { Close('}'); }

 private:
  struct Frame {
    bool is_map = false;
    bool at_key = false;
    bool first = true;
    YAML::anchor_t anchor = 0;
    size_t from = 0;  // where its text begins
    std::set<std::string, std::less<>> keys;
  };

  bool failed() const { return !failure_.empty(); }
  bool AtKey() const { return !frames_.empty() && frames_.back().at_key; }

  void Fail(const YAML::Mark& mark, std::string why) {
    if (failed()) return;
    failure_ = std::move(why);
    failed_line_ = mark.line;
  }

  bool IsPlainTag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?") return true;
    for (const std::string_view known : {"int", "float", "bool", "null", "map", "seq"}) {
      if (tag.starts_with(kCoreTags) && tag.substr(kCoreTags.size()) == known) return true;
    }
    Fail(mark, fmt::format("the tag {} is not supported", GoQuote(tag.substr(0, 100))));
    return false;
  }

  // What stands before any value. False when none may follow.
  bool Begin(const YAML::Mark& mark) {
    if (failed()) return false;
    if (++nodes_ > limits::kImportDocumentNodes) {
      Fail(mark, fmt::format("more than {} values in one document", limits::kImportDocumentNodes));
      return false;
    }
    if (out_.size() > limits::kImportDocumentBytes) {
      Fail(mark, fmt::format("the document is over {} bytes", limits::kImportDocumentBytes));
      return false;
    }
    if (frames_.empty()) return true;
    Frame& frame = frames_.back();
    if (frame.is_map) {
      frame.at_key = true;  // once this value is through
    } else if (!std::exchange(frame.first, false)) {
      out_ += ',';
    }
    return true;
  }

  void TakeKey(const YAML::Mark& mark, const std::string& key) {
    if (failed()) return;
    Frame& frame = frames_.back();
    if (key == "<<") return Fail(mark, "merge keys (<<) are not supported");
    if (!frame.keys.insert(key).second) {
      return Fail(mark, fmt::format("the key {} comes twice", GoQuote(key.substr(0, 100))));
    }
    if (!std::exchange(frame.first, false)) out_ += ',';
    out_ += GoJsonString(key);
    out_ += ':';
    frame.at_key = false;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, char bracket) {
    if (AtKey()) return Fail(mark, "a key is not a plain value");
    if (!Begin(mark)) return;
    if (tag != "!" && !IsPlainTag(mark, tag)) return;
    if (frames_.size() >= static_cast<size_t>(limits::kJsonDepth)) {
      return Fail(mark, fmt::format("nested deeper than {}", limits::kJsonDepth));
    }
    Frame& frame = frames_.emplace_back();
    frame.is_map = frame.at_key = bracket == '{';
    frame.anchor = anchor;
    frame.from = out_.size();
    out_ += bracket;
  }

  void Close(char bracket) {
    if (failed()) return;
    const Frame frame = std::move(frames_.back());
    frames_.pop_back();
    out_ += bracket;
    Remember(frame.anchor, frame.from);
  }

  void Remember(YAML::anchor_t anchor, size_t from) {
    if (anchor == 0) return;
    const size_t bytes = out_.size() - from;
    anchored_bytes_ += bytes;
    if (anchors_.size() >= kAnchorsMax || anchored_bytes_ > limits::kImportDocumentBytes) {
      return Fail(YAML::Mark(), "too many anchors");
    }
    anchors_[anchor] = out_.substr(from);
  }

  std::string out_;
  int began_at_ = 0;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, std::string> anchors_;
  size_t anchored_bytes_ = 0;
  size_t nodes_ = 0;
  std::string failure_;
  int failed_line_ = 0;
};

absl::Status Mistake(size_t number, size_t line, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("document {}, line {}: {}", number, line, why));
}

// The documents of one piece: one, unless "..." ends it early.
absl::Status ReadPiece(const Piece& piece, std::vector<YamlDocument>& documents) {
  std::istringstream in{std::string(piece.text)};
  const auto line_of = [&](int line) {
    return piece.line + static_cast<size_t>(std::max(line, 0));
  };
  try {
    YAML::Parser parser(in);
    for (int last_began_at = -1;;) {
      JsonPrinter printer;
      if (!parser.HandleNextDocument(printer)) return absl::OkStatus();
      const size_t number = documents.size() + 1;
      if (!printer.failure().empty()) {
        return Mistake(number, line_of(printer.failed_line()), printer.failure());
      }
      // The parser reports empty documents without end where it meets what it does not know.
      if (printer.began_at() <= last_began_at) {
        return Mistake(number, piece.line, "this is not YAML");
      }
      last_began_at = printer.began_at();
      std::string json = printer.Take();
      if (json == "null" || json.empty()) continue;
      if (documents.size() >= limits::kImportDocuments) {
        return Mistake(number, piece.line,
                       fmt::format("more than {} documents", limits::kImportDocuments));
      }
      documents.push_back({number, piece.line, std::move(json)});
    }
  } catch (const YAML::DeepRecursion& error) {
    return Mistake(documents.size() + 1, line_of(error.mark.line), "nested too deeply");
  } catch (const YAML::Exception& error) {
    return Mistake(documents.size() + 1, line_of(error.mark.line), error.msg);
  } catch (const std::exception& error) {
    return Mistake(documents.size() + 1, piece.line, error.what());
  }
}

// The first line that holds what no YAML text may.
absl::Status CheckText(std::string_view text) {
  if (!base::IsValidUtf8(text)) return absl::InvalidArgumentError("the text is not UTF-8");
  const auto bad = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
  });
  if (bad == text.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("line {}: control characters are not allowed",
                                                1 + std::count(text.begin(), bad, '\n')));
}

}  // namespace

absl::StatusOr<std::vector<YamlDocument>> ReadYamlDocuments(std::string_view text) {
  SKYDEN_RETURN_IF_ERROR(CheckText(text));
  std::vector<YamlDocument> documents;
  size_t bytes = 0;
  for (const Piece& piece : CutAtMarkers(text)) {
    const size_t before = documents.size();
    SKYDEN_RETURN_IF_ERROR(ReadPiece(piece, documents));
    for (size_t i = before; i < documents.size(); ++i) bytes += documents[i].json.size();
    if (bytes > limits::kImportJsonBytes) {
      return Mistake(documents.size(), piece.line,
                     "the documents before it are too large together");
    }
  }
  return documents;
}

}  // namespace skyden::resources
