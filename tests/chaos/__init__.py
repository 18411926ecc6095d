"""What happens to hundreds of sessions when everything around them dies: real processes, real library, real servers.

Every scenario has one definition and two scales: `make test` runs the quick one (a dozen sessions, a short lease),
`make chaos` the full one (200 sessions, the product's own lease and limits), and prints what it measured. In reading
order: `scale`, `world` (servers, and phones that are linked once), `fleet` (host processes), `watch` (what the fake
WhatsApp and the rows say), `streams` (messages both ways), then the scenarios. `soak` is `make soak`.
"""
