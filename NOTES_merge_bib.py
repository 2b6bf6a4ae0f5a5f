"""merge_bib.py OURS THEIRS... OUT: entries of OURS win; entries only in THEIRS are added; then the patches are applied (idempotent)."""
import sys
sys.path.insert(0,'/work/wt/sources_tools')
from lib import parse,dump
from apply import apply,patches
from post import MERGE
*ins,out=sys.argv[1:]
es={}
for f in ins:
    for t,k,fs in parse(open(f).read()): es.setdefault(k,[t,k,fs])
s,_=apply(dump([es[k] for k in sorted(es)]),patches(),drop=set(MERGE))
open(out,'w').write(s); print(len(parse(s)),'entries')
