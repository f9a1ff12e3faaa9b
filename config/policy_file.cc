#include "config/policy_file.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/class_clients.h"
#include "config/class_section.h"
#include "config/daemon_section.h"
#include "config/listener_section.h"
#include "config/mta_sections.h"
#include "config/policy_checks.h"
#include "config/section.h"
#include "config/text_source.h"
#include "policy/policy_builder.h"

namespace portcullis {
namespace {

struct PolicySections {
  std::vector<Section> sections;
  bool complete = false;  // none was refused for its title
};

// Nothing if the file could not be read at all.
std::optional<PolicySections> read_sections(const std::string& path, const TextSource& texts,
                                            Diagnostics& diagnostics) {
  const auto file = texts.read(path, TextFileKind::policy);
  if (!file) {
    const auto& [line, problem] = file.error();
    diagnostics.error(path, line, {}, problem.reason, problem.repair, "bad-file");
    return {};
  }
  if (file->others_may_write) {
    diagnostics.warning(path, 0, {}, "may be written by every user of this host",
                        fmt::format("type chmod o-w {}", path), "writable-file");
  }
  std::vector<IniSection> ini = read_ini(file->text, path, diagnostics);
  const std::size_t written = ini.size();
  PolicySections read{make_sections(std::move(ini), path, diagnostics), false};
  read.complete = read.sections.size() == written;
  return read;
}

DaemonSettings read_daemon(const std::vector<Section>& sections, const std::string& path,
                           Diagnostics& diagnostics) {
  const auto found = std::ranges::find(sections, SectionKind::daemon, &Section::kind);
  if (found != sections.end()) return read_daemon_section(*found);
  return read_daemon_section(Section(SectionKind::daemon, {}, {}, path, diagnostics));
}

// Everything but the [daemon] section.
void read_policy(const std::string& path, const PolicySections& read, const TextSource& texts,
                 const LoadOptions& options, LoadedPolicy& loaded, Diagnostics& diagnostics) {
  const auto listeners = read_listener_sections(read.sections);
  const auto classes = read_class_sections(read.sections, listeners);
  if (listeners.empty() && read.complete) {
    diagnostics.error(path, 0, {}, "has no [listener NAME] section",
                      "write [listener inbound] for the MTA's service on port 25", "bad-section");
  }
  check_listeners_differ(listeners);
  check_replies(listeners, classes);
  check_reservations(listeners, classes);
  loaded.mta = read_mta_settings(read.sections, listeners, classes, diagnostics);
  loaded.mta.policy_file = path;

  PolicyBuilder builder;
  if (options.keep_repeated) builder.keep_repeated();
  for (const ReadListener& l : listeners) builder.add_listener(l.listener);
  ClientLists lists(path, texts, builder, diagnostics);
  for (const ReadClass& c : classes) lists.add(c, builder.add_class(c.client_class));
  if (!lists.incomplete()) check_somebody_may_connect(listeners, classes, lists.entries());
  if (diagnostics.has_errors()) return;

  auto policy = builder.build();
  if (policy) {
    loaded.policy = *std::move(policy);
    loaded.lists = lists.take_summaries();
    for (const ReadListener& l : listeners) loaded.listeners.push_back(l.section->place());
    for (const ReadClass& c : classes) loaded.classes.push_back(c.section->place());
  } else {
    diagnostics.error(path, 0, {}, std::string(describe(policy.error())));
  }
}

// What was found in these lines.
Diagnostics between_lines(const Diagnostics& all, std::uint32_t first, std::uint32_t last) {
  Diagnostics selected;
  for (Diagnostic& diagnostic : all.sorted()) {
    if (diagnostic.line >= first && diagnostic.line <= last) selected.add(std::move(diagnostic));
  }
  return selected;
}

}  // namespace

tl::expected<LoadedPolicy, Diagnostics> load_policy(const std::string& path,
                                                    const TextSource& texts,
                                                    const LoadOptions& options) {
  LoadedPolicy loaded;
  Diagnostics diagnostics;
  if (const auto read = read_sections(path, texts, diagnostics)) {
    loaded.daemon = read_daemon(read->sections, path, diagnostics);
    read_policy(path, *read, texts, options, loaded, diagnostics);
  }
  if (diagnostics.has_errors()) return tl::unexpected(std::move(diagnostics));
  loaded.diagnostics = std::move(diagnostics);
  return loaded;
}

tl::expected<DaemonSettings, Diagnostics> load_daemon_settings(const std::string& path) {
  Diagnostics diagnostics;
  const auto read = read_sections(path, TextSource(), diagnostics);
  if (!read) return tl::unexpected(std::move(diagnostics));
  const DaemonSettings settings = read_daemon(read->sections, path, diagnostics);
  const auto daemon = std::ranges::find(read->sections, SectionKind::daemon, &Section::kind);
  if (daemon == read->sections.end()) return settings;
  Diagnostics own = between_lines(diagnostics, daemon->line(), daemon->last_line());
  if (own.has_errors()) return tl::unexpected(std::move(own));
  return settings;
}

tl::expected<MtaSettings, Diagnostics> load_certificates(const std::string& path) {
  Diagnostics all;
  const auto read = read_sections(path, TextSource(), all);
  if (!read) return tl::unexpected(std::move(all));
  MtaSettings settings =
      read_mta_settings(read->sections, read_listener_sections(read->sections), {}, all);
  settings.policy_file = path;
  Diagnostics own;
  for (const Section& section : read->sections) {
    if (section.kind() != SectionKind::certificate) continue;
    own.add_all(between_lines(all, section.line(), section.last_line()));
  }
  if (own.has_errors()) return tl::unexpected(std::move(own));
  return settings;
}

}  // namespace portcullis
