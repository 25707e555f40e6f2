"""Reports: notebooks run and rendered to pages that read offline, and the front page.

A notebook of notebooks/ stays short: it reads files and calls the functions of this package, which return HTML.
"""
