#include "formats/writing.h"

#include <utility>

#include <fmt/format.h>

#include "config/time_text.h"

namespace portcullis {

void Writing::lose(const ListEntry& entry, std::string reason, std::string repair) {
  writing_.diagnostics.warning(options_.file, entry.line, to_string(entry.listed),
                               std::move(reason), std::move(repair));
}

void Writing::refuse(const ListEntry& entry, std::string reason, std::string repair) {
  writing_.diagnostics.error(options_.file, entry.line, to_string(entry.listed), std::move(reason),
                             std::move(repair));
}

void Writing::warn(std::string reason, std::string repair) {
  writing_.diagnostics.warning(options_.file, 0, {}, std::move(reason), std::move(repair));
}

void Writing::refuse(std::string culprit, std::string reason, std::string repair) {
  writing_.diagnostics.error(options_.file, 0, std::move(culprit), std::move(reason),
                             std::move(repair));
}

bool Writing::is_in_force(const ListEntry& entry) {
  if (!entry.expires || *entry.expires > options_.now) return true;
  lose(entry, fmt::format("is left out: it expired at {}", time_text(*entry.expires)));
  return false;
}

bool Writing::holds_for_good(const ListEntry& entry) {
  if (!is_in_force(entry)) return false;
  if (!entry.expires || options_.keep_expiring) return true;
  lose(entry,
       fmt::format("is left out: {} cannot say that it expires at {}", format_,
                   time_text(*entry.expires)),
       "use --keep-expiring to write it for good");
  return false;
}

void Writing::lose_comment(const ListEntry& entry) {
  if (!entry.comment.empty()) ++comments_lost_;
}

bool Writing::names_addresses(const ListEntry& entry) {
  if (std::holds_alternative<IpPrefix>(entry.listed) ||
      std::holds_alternative<AddressRange>(entry.listed)) {
    return true;
  }
  const bool name = std::holds_alternative<ListedName>(entry.listed);
  lose(entry, fmt::format("is left out: {} cannot hold a {}", format_,
                          name ? "host name" : "mail address"));
  return false;
}

ListWriting Writing::take() {
  if (comments_lost_ > 0) {
    warn(fmt::format("{} holds no comments: {} lost", format_, comments_lost_));
  }
  if (writing_.diagnostics.has_errors()) writing_.text.clear();
  return std::move(writing_);
}

}  // namespace portcullis
