"""Who may be proposed to whom: every rule once, and the facts they are judged on."""
