// A filter that lets everybody in: what libmilter itself costs. It negotiates what portcullisd
// negotiates, has the same callbacks, and does nothing in them.

#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <sys/resource.h>

namespace {

// As milter/client_facts.h and milter/milter_server.cc have them.
constexpr const char* kConnectMacros = "{daemon_name} {daemon_addr} {daemon_port} {client_resolve}";
constexpr int kBacklog = 4096;
constexpr int kIdleSeconds = 7210;

// Set before the first session.
bool g_hears_helo = false;

char* c_text(const char* text) {
  return const_cast<char*>(text);
}

}  // namespace

extern "C" {

static sfsistat on_negotiate(SMFICTX* context, unsigned long offered_actions,
                             unsigned long offered_steps, unsigned long, unsigned long,
                             unsigned long* actions, unsigned long* steps, unsigned long* reserved2,
                             unsigned long* reserved3) {
  unsigned long unneeded =
      SMFIP_NORCPT | SMFIP_NOBODY | SMFIP_NOHDRS | SMFIP_NOEOH | SMFIP_NOUNKNOWN | SMFIP_NODATA;
  if (!g_hears_helo) unneeded |= SMFIP_NOHELO | SMFIP_NOMAIL;
  *steps = unneeded & offered_steps;
  *actions = SMFIF_SETSYMLIST & offered_actions;
  *reserved2 = 0;
  *reserved3 = 0;
  if (*actions != 0) ::smfi_setsymlist(context, SMFIM_CONNECT, c_text(kConnectMacros));
  return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX*, char*, _SOCK_ADDR*) {
  return SMFIS_CONTINUE;
}

static sfsistat on_helo(SMFICTX*, char*) {
  return SMFIS_CONTINUE;
}

static sfsistat on_mail(SMFICTX*, char**) {
  return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX*) {
  return SMFIS_CONTINUE;
}

}  // extern "C"

namespace {

smfiDesc filter_description() {
  smfiDesc description{};
  description.xxfi_name = c_text("noop");
  description.xxfi_version = SMFI_VERSION;
  description.xxfi_connect = on_connect;
  description.xxfi_helo = on_helo;
  description.xxfi_envfrom = on_mail;
  description.xxfi_close = on_close;
  description.xxfi_negotiate = on_negotiate;
  return description;
}

// Every session holds a descriptor.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A milter that lets everybody in", "noop_filter");
  std::string socket;
  app.add_option("--socket", socket, "unix:/path")->required();
  app.add_flag("--hear-helo", g_hears_helo, "Ask for HELO and MAIL");
  CLI11_PARSE(app, argc, argv);
  raise_descriptor_limit();
  if (::smfi_register(filter_description()) != MI_SUCCESS ||
      ::smfi_settimeout(kIdleSeconds) != MI_SUCCESS || ::smfi_setbacklog(kBacklog) != MI_SUCCESS ||
      ::smfi_setconn(socket.data()) != MI_SUCCESS || ::smfi_opensocket(true) != MI_SUCCESS) {
    std::fprintf(stderr, "noop_filter: cannot listen on %s\n", socket.c_str());
    return 1;
  }
  return ::smfi_main() == MI_SUCCESS ? 0 : 1;
}
